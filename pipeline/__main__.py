"""`python -m pipeline` is `sms24`."""

from pipeline.cli.main import entry

if __name__ == "__main__":
    entry()
