"""Entry files: choose a configuration, call facescale.pipelines."""
