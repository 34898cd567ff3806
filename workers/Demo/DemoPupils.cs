namespace PhotoGuard.Workers.Demo;

/// <summary>What somebody answered for a pupil, as the office records it.</summary>
/// <param name="By"><c>g1</c>, <c>g2</c> or <c>pupil</c>.</param>
/// <param name="DaysAgo">When they answered.</param>
/// <param name="LastDay">Days from now until it ends, negative for the past; null for no end.</param>
/// <param name="InError">Recorded for the wrong child, and invalidated.</param>
internal sealed record DemoWord(string By, string Answer, string[] Channels, int DaysAgo = 60, int? LastDay = null, bool InError = false);

/// <summary>A made-up pupil. The first letters of the names say nothing about a child that exists.</summary>
/// <param name="MisId">The pseudonym.</param>
/// <param name="Years">Age.</param>
/// <param name="LeftDaysAgo">Last day at the school; null while there.</param>
/// <param name="Block">Why the safeguarding lead blocks pictures; null for no block.</param>
internal sealed record DemoPupil(
    string MisId, string GivenName, string FamilyName, string Class, int Years, DemoWord[] Words, int? LeftDaysAgo = null, string? Block = null);

/// <summary>Three classes with every kind of answer there is.</summary>
internal static class DemoPupils
{
    private static readonly string[] All = ["internal", "display", "newsletter", "website", "social", "press"];

    public static IReadOnlyList<DemoPupil> Everyone { get; } =
    [
        new("p301", "Ada", "Brooks", "3A", 7, [Yes("g1", All), Yes("g2", All)]),
        new("p302", "Ben", "Okafor", "3A", 8, [Yes("g1", "internal", "display", "newsletter", "website"), No("g1", "refused", "social", "press")]),
        // Two guardians who disagree: the no wins.
        new("p303", "Chloe", "Hart", "3A", 7, [Yes("g1", All), No("g2", "refused", "website")]),
        new("p304", "Dev", "Patel", "3A", 8, [Yes("g1", "internal", "newsletter", "website"), No("g1", "withdrawn", "website")]),
        new("p401", "Ella", "Novak", "4B", 9, [Yes("g1", All)]),
        // A yes for the website that has run out.
        new("p402", "Finn", "Murphy", "4B", 8, [Yes("g1", "internal", "newsletter"), new("g1", "given", ["website"], 380, -15)]),
        new("p403", "Grace", "Lin", "4B", 9, [Yes("g1", All)], Block: "A court order: no pictures of this child leave the safe."),
        // A yes that was meant for another child.
        new("p404", "Hugo", "Silva", "4B", 8,
            [Yes("g1", "internal", "newsletter"), new("g1", "given", ["website"], InError: true), No("g1", "objected", "social")]),
        // Never to be photographed.
        new("p405", "Mia", "Stone", "4B", 8, [No("g1", "refused", "internal")]),
        // Old enough to decide as well: one has not been asked, one has said yes.
        new("p501", "Isla", "Reid", "5C", 13, [Yes("g1", All)]),
        new("p502", "Jack", "Moore", "5C", 13, [Yes("g1", All), Yes("pupil", "newsletter", "website")]),
        new("p503", "Kira", "Haddad", "5C", 10, [Yes("g1", All)], LeftDaysAgo: 7),
        // Too young to say yes alone, and old enough to say no.
        new("p504", "Leo", "Fischer", "5C", 10, [Yes("g1", All), No("pupil", "refused", "website")]),
    ];

    private static DemoWord Yes(string by, params string[] channels) => new(by, "given", channels);

    private static DemoWord No(string by, string answer, params string[] channels) => new(by, answer, channels, DaysAgo: 10);
}
