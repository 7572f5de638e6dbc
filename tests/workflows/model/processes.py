"""A process of the tests' own with sub-cases and every kind of deadline."""

WHOLE = """
id = "whole"
version = 1
title = { ru = "Целое" }
subject = "thing"
dates = ["term"]
[states.collecting]
title = { ru = "Сбор" }
kind = "start"
assignee = "clerk"
[states.ready]
title = { ru = "Готово" }
assignee = "director"
[states.sure]
title = { ru = "Проверено" }
assignee = "tutor"
[states.done]
title = { ru = "Конец" }
kind = "end"
[transitions.all_ready]
title = { ru = "Все части готовы" }
from = ["collecting"]
to = "ready"
immediate = true
waits_for = { process = "piece", in = ["complete", "closed"] }
[transitions.pass_on]
title = { ru = "Дальше" }
from = ["ready"]
to = "sure"
immediate = true
guards = ["own.fine"]
[transitions.finish]
title = { ru = "Закончить" }
from = ["ready", "sure"]
to = "done"
by = ["system", "clerk"]
guards = ["own.good"]
waits_for = { process = "piece", in = ["closed"] }
[transitions.drop]
title = { ru = "Бросить" }
from = ["collecting", "ready", "sure"]
to = "done"
by = ["system", "director"]
guards = ["own.fine"]
[[deadlines]]
state = "collecting"
after = "3 working days"
remind = "own.tell"
every = "2 working days"
most = 5
[[deadlines]]
state = "collecting"
after = "50 hours"
escalate = "director"
every = "5 days"
most = 3
[[deadlines]]
state = "collecting"
at = "term"
before = "2 working days"
remind = "own.tell"
[[deadlines]]
state = "collecting"
at = "term"
then = "drop"
[[deadlines]]
state = "sure"
birthday = 14
then = "drop"
remind = "own.tell"
[[deadlines]]
state = "sure"
birthday = 14
before = "20 days"
remind = "own.tell"
every = "6 days"
most = 3
[[deadlines]]
state = "ready"
after = "10 days"
then = "finish"
"""
PIECE = """
id = "piece"
version = 1
title = { ru = "Часть" }
subject = "thing"
[states.open]
title = { ru = "Открыта" }
kind = "start"
[states.complete]
title = { ru = "Полна" }
[states.closed]
title = { ru = "Закрыта" }
kind = "end"
[transitions.fill]
title = { ru = "Наполнить" }
from = ["open"]
to = "complete"
by = ["system", "tutor"]
[transitions.reopen]
title = { ru = "Открыть снова" }
from = ["complete"]
to = "open"
by = ["system"]
[transitions.close]
title = { ru = "Закрыть" }
from = ["open", "complete"]
to = "closed"
by = ["system", "tutor"]
[[deadlines]]
state = "complete"
after = "30 days"
then = "close"
"""
