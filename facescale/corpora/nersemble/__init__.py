"""NeRSemble: sixteen calibrated cameras around a head, in the forms in which it is and was delivered."""
