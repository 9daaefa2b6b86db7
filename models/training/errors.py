"""What can go wrong with what a build is given. Every message says what to do; anything else that is raised is a bug."""


class BuildError(Exception):
    """The bundle cannot be made."""


class MatrixError(BuildError):
    """A file is not what `winnow features` or `winnow simulate` writes. The message names the file and the line."""


class SplitError(BuildError):
    """A part would have no fake or no genuine account."""


class UnsupportedTreeError(BuildError):
    """The trees have a split that the export does not carry over exactly."""
