"""Builds `counterfoil-ask` as one file for each platform: `python -m scripts.kit.build`."""
