namespace PhotoGuard.Benchmarks.Seeded;

/// <summary>What became of a seeded bug. Only <see cref="Caught"/> counts.</summary>
public enum SeededOutcome
{
    /// <summary>The named test failed.</summary>
    Caught,

    /// <summary>The named test passed.</summary>
    Escaped,

    /// <summary>The patch does not fit the tree any more.</summary>
    DoesNotApply,

    /// <summary>The compiler caught it, which shows nothing of the tests.</summary>
    DoesNotBuild,

    /// <summary>There is no test of that name, or it was skipped.</summary>
    NoTest,

    /// <summary>The tests' process died or stood still.</summary>
    Crashed,

    /// <summary>The named test fails without the bug, too.</summary>
    FailsWithout,
}
