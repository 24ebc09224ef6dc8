"""Pictures of released figures, drawn on the server as SVG without script. Pure: they see only what a table shows."""
