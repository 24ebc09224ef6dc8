"""One module per agency or layout: from what an agency recorded to the lines of its export."""
