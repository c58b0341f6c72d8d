"""Files become plans and directories."""
