namespace PhotoGuard.Records.Photos;

/// <summary>
/// When so much belongs to nobody that the records are more likely wrong than the store: a worker that was pointed at another database
/// would destroy every picture there is (docs/decisions/0023).
/// </summary>
internal static class SweepBrake
{
    /// <summary>Crashes and late writers leave a few; a night of them no more than this.</summary>
    private const int Few = 100;

    /// <param name="nobodys">How much belongs to nobody.</param>
    /// <param name="all">How much there is, with that.</param>
    /// <param name="known">Whether the records have ever known one that belonged to somebody.</param>
    public static bool Stops(int nobodys, int all, bool known) => nobodys > (known ? Math.Max(Few, all / 5) : 0);
}
