"""``python -m pyc``: the command line."""

if __name__ == "__main__":
    from pyc.tools.cli import main

    main()
