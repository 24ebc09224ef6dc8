"""Who a person is, what they may do on which board, and the door that every request to the pages comes through."""
