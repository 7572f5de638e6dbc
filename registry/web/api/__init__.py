"""The API for machines: its operations, their description, and what all of them share.

An operation is a function of a room, put together from few pieces, the outermost first:

    room = Room("people", N_("Люди"))

    @room.serves("POST /schools/<uuid:school_id>/people/<uuid:person_id>/corrections", N_("Исправить поле"))
    @bearer(Action.PERSON_EDIT)             # who may: his right of today and his token's (registry.web.doors)
    @once                                   # every change: Idempotency-Key (registry.web.idempotency)
    @room.takes(CorrectionBody)             # the body, or a query with location="query"
    @room.answers(PersonTold)               # the answer; `room.lists` for lists, `room.files` for files
    def correct(said: dict[str, Any], school_id: UUID, person_id: UUID) -> Person: ...

Single things that can change carry an ETag (`tagged`), and their changes ask for it (`require_match`).
`registry.app` names the modules that have a ``room``; the description is made from them when first asked for.
"""
