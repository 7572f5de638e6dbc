"""Words of printed documents: a damaged template is refused with file and key."""

from pathlib import Path

import pytest

from registry.documents.templates import FOLDER, TemplateKind, load_template
from registry.errors import SettingsError


@pytest.mark.parametrize("kind", list(TemplateKind))
@pytest.mark.parametrize("language", [one.name for one in FOLDER.iterdir() if one.is_dir()])
def test_every_language_has_every_template(kind: TemplateKind, language: str) -> None:
    assert load_template(kind, language).language == language


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("бланка: {code}", "бланка: {secret}", "words.code"),
        ("бланка: {code}", "бланка: {code.__class__}", "words.code"),
        ("бланка: {code}", "бланка: {code!r}", "words.code"),
        ('title = "', 'titel = "', "words.titel"),
        ("text_pt = 9.5", "text_pt = -1", "layout.text_pt"),
        ("text_pt = 9.5", 'text_pt = "9"', "layout.text_pt"),
        ("[words]", "[wrods]", "words"),
        ('title = "', "title = ", "consent_form.toml"),
    ],
)
def test_a_damaged_template_is_refused_by_file_and_key(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    whole = (FOLDER / "ru" / "consent_form.toml").read_text()
    assert old in whole
    (tmp_path / "ru").mkdir()
    (tmp_path / "ru" / "consent_form.toml").write_text(whole.replace(old, new, 1))
    with pytest.raises(SettingsError) as refused:
        load_template(TemplateKind.CONSENT_FORM, "ru", tmp_path)
    assert named in str(refused.value)
    assert "ru/consent_form.toml" in str(refused.value)


def test_a_missing_language_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"xx/letter\.toml"):
        load_template(TemplateKind.LETTER, "xx", tmp_path)
