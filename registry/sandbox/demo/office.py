"""What the school's office does in the demo: clerk and director."""

from registry.sandbox.demo.stage import Stage, expect

CLERK = "clerk-17"
DIRECTOR = "director-17"
SUBMISSIONS = "/submissions/"


def upload_roster(stage: Stage) -> None:
    """Upload the file as the clerk, look at its review, approve it."""
    clerk = stage.staff(CLERK)
    form = expect(clerk.get("/schools/rosters")).form("/rosters")
    review = expect(clerk.upload(form, stage.file_name, stage.file))
    expect(clerk.submit(review.form("/approve")))
    clerk.close()


def join_and_invite(stage: Stage) -> None:
    """Join the programme and invite everybody whose decision is awaited."""
    clerk = stage.staff(CLERK)
    joined = clerk.get("/consents/programmes").form("/join")
    expect(clerk.submit(joined))
    invitations = expect(clerk.get(expect(clerk.get("/consents")).link("/invitations")))
    expect(clerk.submit(invitations.form("/invitations")))
    clerk.close()
