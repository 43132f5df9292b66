"""Measurements that anyone can repeat: ``make bench``. What they showed last: docs/performance.md."""
