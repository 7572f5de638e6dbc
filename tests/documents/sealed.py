"""The document of a decision, invented for tests."""

from registry.documents.sealed_acts import Evidence, SealedAct, Text

ACT = SealedAct(
    school="Школа № 17",
    headline="Согласие дано",
    code="72G4-9JD1",
    address="https://consents.example.org/verify/72G4-9JD1",
    summary=(("signer", "Иванова М."), ("student", "Иванов П."), ("method", None)),
    text=Text("text", ("Согласие родителя", "Я, Иванова М., даю согласие.")),
    circumstances=(("seen_typed_name", "Иванова Мария"), ("seen_port", None)),
    proof="registry-receipt/v1\nconsents.example.org/log/1\nAAAA\n1604289785",
    evidence=Evidence("0198", b'{"v":1}', b'{"slot":0}', "c2sp.org/tlog-proof@v1\n"),
)
