"""The test kit for authors of checks: facts made by hand, a throw-away host, secrets that nobody may see.

With pytest, the fixtures of `openclaw_testkit.plugin` (`fake_host`, `canaries`) are there by themselves. How a check, a
fact and a fix are tested with them is in docs/plugins.md.
"""
