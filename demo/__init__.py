"""Everything on one machine: brokers, services and synthetic agencies, for a look and for the tests."""
