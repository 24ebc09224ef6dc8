"""Publishing a file: plan what changes, record it in the outbox, deliver it, give a receipt."""
