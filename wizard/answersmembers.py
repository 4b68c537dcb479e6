"""What may stand in an answers file: its members, the flags that mean the same, and the questions that they answer.

docs/schemas/onboard-answers.schema.json says the same to other programs.
"""

from __future__ import annotations

ENV, FILE = "env:", "file:"
# member → (field of `Options`, the flag that means the same)
TEXTS = {
    "provider": ("provider", "--provider"),
    "method": ("method", "--method"),
    "store": ("store", "--store"),
    "profile": ("profile_id", "--profile-id"),
    "agent": ("agent", "--agent"),
    "model": ("model", "--model"),
    "base_url": ("base_url", "--base-url"),
    "api": ("api", "--api"),
    "region": ("region", "--region"),
    "account_id": ("account_id", "--cloudflare-ai-gateway-account-id"),
    "gateway_id": ("gateway_id", "--cloudflare-ai-gateway-gateway-id"),
    "existing": ("existing", "--existing"),
    "handling": ("handling", "--handling"),
    "service": ("service", "--service"),
    "expires_in": ("token_expires_in", "--token-expires-in"),
    "mode": ("mode", "--mode"),
}
SWITCHES = {
    "monitor": ("monitor", "--monitor"),
    "live": ("live", "--live"),
    "no_verify": ("no_verify", "--no-verify"),
    "use_anyway": ("use_anyway", "--use-anyway"),
    "yes": ("yes", "--yes"),
}
# members of the table `gateway`, and the flags that mean the same
GATEWAY = {
    "port": "gateway-port",
    "bind": "gateway-bind",
    "auth": "gateway-auth",
    "token": "gateway-token",
    "password": "gateway-password",
    "tailscale": "tailscale",
    "workspace": "workspace",
    "node_manager": "node-manager",
    "remote_url": "remote-url",
    "remote_token": "remote-token",
}
ON_EXIT = "tailscale_reset_on_exit"  # a member of that table, and a switch
# What can be asked for in `interactive`: its name there, and the question.
QUESTIONS = {
    "provider": "provider", "method": "method", "key": "secret", "store": "place", "profile": "profile_id",
    "agent": "agent", "model": "model", "base_url": "base_url", "api": "api", "existing": "rival",
    "handling": "handling", "service": "service", "confirm": "confirm", "account_id": "account_id",
    "gateway_id": "gateway_id",
}  # fmt: skip
ALONG = {"secret": ("found", "instead"), "provider": ("custom_id",), "handling": ("reset_sure",),
         "confirm": ("options", "monitor", "model", "agent")}  # fmt: skip
CHOICES = {
    "method": ("api-key", "setup-token"),
    "store": ("env", "profile"),
    "api": ("openai-completions", "anthropic-messages"),
    "existing": ("replace", "new-first", "keep"),
    "handling": ("keep", "modify", "reset"),
    "service": ("install", "restart", "later"),
    "mode": ("local", "remote"),
}
SECRET = ("token", "password", "remote_token")  # in the table `gateway`
