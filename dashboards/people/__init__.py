"""Who a person is, what they may do, and the door that every request to the pages comes through."""
