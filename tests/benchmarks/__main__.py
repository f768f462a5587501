"""`python -m tests.benchmarks [1 10 100]`: what builds with so many whole exports cost."""

from tests.benchmarks.measures import main

# a process that measures imports what it runs by name, which `__main__` has not
if __name__ == "__main__":
    main()
