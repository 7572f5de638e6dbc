"""`run` and `demo` have a time stamp authority of the sandbox, whose stamps are believed from then on."""

from pathlib import Path

from registry.cli.processes import tsa_port
from registry.cli.run import SANDBOX_TSA
from registry.cli.setting_up import trust_stamps
from registry.config import load_settings
from registry.documents.pades.keys import read_certificates
from registry.sandbox.tsa import open_stand


def test_its_certificate_joins_those_that_stamps_must_lead_up_to_and_older_ones_stay(tmp_path: Path) -> None:
    settings = load_settings({"REGISTRY_HOME": str(tmp_path), "REGISTRY_TSA_URL": SANDBOX_TSA})
    for _ in range(2):
        open_stand(tmp_path / "sandbox" / "tsa")
        trust_stamps(settings)
    assert len(read_certificates(settings.tsa_cert)) == 1
    (tmp_path / "sandbox" / "tsa" / "tsa.crt").unlink()
    open_stand(tmp_path / "sandbox" / "tsa")
    trust_stamps(settings)
    assert len(read_certificates(settings.tsa_cert)) == 2


def test_nothing_is_believed_of_an_authority_elsewhere_or_of_none(tmp_path: Path) -> None:
    for address in ("", "https://tsa.example/"):
        settings = load_settings({"REGISTRY_HOME": str(tmp_path), "REGISTRY_TSA_URL": address})
        assert tsa_port(settings) is None
        trust_stamps(settings)
        assert not settings.tsa_cert.exists()
