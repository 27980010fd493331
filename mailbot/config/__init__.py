"""What config.toml may say, read once and never changed.

Secrets stand in files (`*_file` keys) or in the environment (`MAILBOT_<SECTION>_<KEY>`), never in config.toml, and are
never printed.
"""

from .model import Config
from .reading import load

__all__ = ["Config", "load"]
