using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Pupils;

namespace PhotoGuard.Api.Pages.Pupils;

/// <summary>Finding a pupil by name and class.</summary>
public static class PupilSearch
{
    /// <summary>Most pupils that are shown at once.</summary>
    public const int Most = 100;

    /// <summary>Pupils whose full name holds every word asked for, by class and name; one more than are shown.</summary>
    public static async Task<IReadOnlyList<Pupil>> FindAsync(
        this PupilDesk desk, Act act, string? words, string? className, CancellationToken cancel)
    {
        var all = await desk.ListAsync(act, string.IsNullOrEmpty(className) ? null : className, null, int.MaxValue, cancel);
        var wanted = (words ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return [.. all.Where(one => Array.TrueForAll(wanted, word => $"{one.GivenName} {one.FamilyName}".Contains(word, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(one => one.ClassName, StringComparer.OrdinalIgnoreCase).ThenBy(one => one.FamilyName, StringComparer.OrdinalIgnoreCase)
            .ThenBy(one => one.GivenName, StringComparer.OrdinalIgnoreCase).Take(Most + 1)];
    }
}
