"""The one statement behind the last click of a signer; a row for each of his acts in the programme."""

from datetime import date

from sqlalchemy import BindParameter, and_, bindparam, or_, select

from registry.consents.models.tables import acts, consents, presentations, sittings
from registry.people.models.tables import classes, enrolments, guardianships, persons, schools
from registry.programmes.models import participations
from registry.storage.vault import subject_keys
from registry.trail.models import trail_pseudonym

_signer = persons.alias("signer")
_about = persons.alias("about")
_others = consents.alias("others")
_signer_name, _about_name = trail_pseudonym.alias("signer_name"), trail_pseudonym.alias("about_name")
_signer_key, _about_key = subject_keys.alias("signer_key"), subject_keys.alias("about_key")
_day: BindParameter[date] = bindparam("on_day")

_joined = (
    consents.join(
        sittings,
        and_(
            sittings.c.school_id == consents.c.school_id,
            sittings.c.programme == consents.c.programme,
            sittings.c.signer_id == consents.c.signer_id,
            sittings.c.id == bindparam("of_sitting"),
        ),
    )
    .join(
        participations,
        and_(
            participations.c.school_id == consents.c.school_id,
            participations.c.programme == consents.c.programme,
        ),
    )
    .join(schools, schools.c.id == consents.c.school_id)
    .join(_signer, _signer.c.id == consents.c.signer_id)
    .join(_about, _about.c.id == consents.c.about_id)
    # What the trail calls the two, and their keys: for the act's entry, which would ask for them by itself.
    .outerjoin(
        _signer_name,
        and_(_signer_name.c.subject == consents.c.signer_id, _signer_name.c.tenant == consents.c.school_id),
    )
    .outerjoin(_signer_key, _signer_key.c.subject == consents.c.signer_id)
    .outerjoin(
        _about_name,
        and_(_about_name.c.subject == consents.c.about_id, _about_name.c.tenant == consents.c.school_id),
    )
    .outerjoin(_about_key, _about_key.c.subject == consents.c.about_id)
    .outerjoin(
        presentations,
        and_(
            presentations.c.id == bindparam("of_presentation"),
            presentations.c.sitting_id == sittings.c.id,
            presentations.c.consent_id == consents.c.id,
        ),
    )
    .outerjoin(
        enrolments,
        and_(
            enrolments.c.school_id == consents.c.school_id,
            enrolments.c.person_id == consents.c.about_id,
            enrolments.c.valid_from <= _day,
            or_(enrolments.c.valid_until.is_(None), enrolments.c.valid_until >= _day),
        ),
    )
    .outerjoin(
        classes,
        and_(classes.c.school_id == enrolments.c.school_id, classes.c.id == enrolments.c.class_id),
    )
    .outerjoin(
        guardianships,
        and_(
            guardianships.c.student_id == consents.c.about_id,
            guardianships.c.guardian_id == consents.c.signer_id,
        ),
    )
    .join(
        _others,
        and_(
            _others.c.school_id == consents.c.school_id,
            _others.c.programme == consents.c.programme,
            _others.c.signer_id == consents.c.signer_id,
        ),
    )
    .outerjoin(acts, and_(acts.c.school_id == _others.c.school_id, acts.c.consent_id == _others.c.id))
)
FIND = (
    select(
        consents.c.id.label("consent_id"),
        consents.c.school_id,
        consents.c.programme,
        consents.c.notice,
        consents.c.notice_version,
        consents.c.signer_id,
        consents.c.about_id,
        participations.c.programme_version_id.label("version_id"),
        sittings.c.code_id,
        sittings.c.auth,
        sittings.c.contact_changed,
        sittings.c.identified,
        sittings.c.ends_at,
        presentations.c.id.label("shown_id"),
        presentations.c.language,
        presentations.c.text_sha256,
        presentations.c.age,
        presentations.c.on_day.label("shown_on"),
        presentations.c.served_at,
        presentations.c.made_of,
        _signer.c.version.label("signer_version"),
        _signer.c.last_name,
        _signer.c.first_name,
        _signer.c.middle_name,
        _about.c.version.label("about_version"),
        _signer_name.c.ref.label("signer_ref"),
        _signer_key.c.wrapped.label("signer_key"),
        _about_name.c.ref.label("about_ref"),
        _about_key.c.wrapped.label("about_key"),
        enrolments.c.id.label("enrolment_id"),
        enrolments.c.class_id,
        classes.c.grade,
        guardianships.c.id.label("tie_id"),
        guardianships.c.relation,
        guardianships.c.valid_from,
        guardianships.c.valid_until,
        guardianships.c.barred,
        guardianships.c.version.label("tie_version"),
        schools.c.version.label("school_version"),
        _others.c.notice.label("act_notice"),
        _others.c.about_id.label("act_about"),
        _others.c.notice_version.label("act_version"),
        acts.c.id.label("act_id"),
        acts.c.kind,
        acts.c.means,
        acts.c.on_day.label("act_on"),
        acts.c.recorded_at,
        acts.c.agreement_act_id,
        acts.c.invalidates,
    )
    .select_from(_joined)
    .where(
        consents.c.school_id == bindparam("of_school"),
        consents.c.id == bindparam("of_consent"),
        # Of his other documents only those on which he acted; of this one a row in any case.
        or_(acts.c.id.is_not(None), _others.c.id == consents.c.id),
    )
)
# Two last clicks on one document wait for each other; on SQLite there is one writer anyway.
HOLD = FIND.with_for_update(of=consents)
