//! What pictures say, and that they say it without touching.
