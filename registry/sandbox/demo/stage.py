"""Where the demo plays: addresses of the servers, the file, the post, and who is signed in."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from registry.config import Settings
from registry.errors import N_, UnavailableError
from registry.sandbox.demo.browser import Browser, Page
from registry.sandbox.demo.post import Post
from registry.sandbox.demo.progress import Progress
from registry.sandbox.sample.region import PASSWORD

OK = 200


@dataclass(slots=True)
class Stage:
    """One run of the demo."""

    settings: Settings
    file_name: str
    file: bytes
    progress: Progress
    post: Post = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.settings.sms_url)
        self.post = Post(f"http://{parts.netloc}")

    def browser(self) -> Browser:
        """Open a browser in which nobody is signed in."""
        return Browser(self.settings.base_url)

    def staff(self, login: str) -> Browser:
        """Open a browser in which a member of staff has signed in."""
        browser = self.browser()
        form = browser.get("/sign-in").form("sign-in")
        expect(browser.submit(form, login=login, password=PASSWORD))
        return browser


def expect(page: Page) -> Page:
    """Hold that a page is what was hoped for, not a refusal.

    Raises:
        UnavailableError: it is a refusal; names address, status and the page's first words of error.
    """
    if page.status != OK:
        raise UnavailableError(
            N_("Страница %(url)s ответила %(status)s: %(words)s"),
            url=page.url,
            status=page.status,
            words=page.main_words(),
        )
    return page
