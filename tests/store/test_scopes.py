from backorder.store.scopes import missing_scopes


def test_writing_covers_reading():
    assert missing_scopes({"write_orders", "read_locations"}, {"read_orders", "write_orders"}) == frozenset()


def test_reading_does_not_cover_writing():
    assert missing_scopes({"read_orders"}, {"write_orders"}) == {"write_orders"}


def test_scopes_the_library_does_not_know_cover_only_themselves():
    granted = {"customer_read_orders", "read_orders"}
    assert missing_scopes(granted, {"customer_read_orders", "customer_write_orders"}) == {"customer_write_orders"}


def test_nothing_granted_misses_everything():
    assert missing_scopes((), {"read_orders"}) == {"read_orders"}
