"""The service manager of a host (systemd, launchd or none) and the gateway's service as that manager sees it."""
