"""The subcommands of `openclaw doctor`, one module each; `doctor.command.SUBCOMMANDS` names them."""
