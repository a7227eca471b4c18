"""Checks everything under infra/ and raycluster.yaml without a cluster: `python -m infra.validate`."""
