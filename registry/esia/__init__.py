"""Login by the state's accounts (ESIA, «Госуслуги»): the one place that speaks its protocol."""
