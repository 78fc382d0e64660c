"""Files of other commits, read so that nothing in a repository can run.

Only plumbing that executes nothing is called (`rev-parse`, `merge-base`, `ls-tree`, `cat-file`), and this package
writes the files itself: no checkout, so no hook, filter, text conversion, submodule or monitor has its turn.
"""

from asbuilt.git.repository import GitError, Repository, around
from asbuilt.git.tree import Written, write_tree

__all__ = ["GitError", "Repository", "Written", "around", "write_tree"]
