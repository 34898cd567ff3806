using System.Text;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.NeedToKnow;

/// <summary>docs/need-to-know.md, made from the two tables.</summary>
public static class NeedToKnowPage
{
    public static string Text()
    {
        var page = new StringBuilder("""
            # Need to know

            Who may do what here, for whoever has to check it (P14). Made from `records/NeedToKnow/Rights.cs` and `api/NeedToKnow/RouteRows.cs`, which the
            service itself asks; never edited by hand. Make it anew with `dotnet run --project api -- need-to-know ../docs/need-to-know.md`.

            * Everything is of one school. Of another school's records nothing is known to anybody: 404, the same answer as for what was never there.
            * The record is asked first, then the role: what somebody has no need to know of is 404 for them, before any question of roles (403).
            * A picture that was destroyed or is on its way there answers 410 to those who knew of it, and once it is destroyed to anyone of its school.
            * While a picture is held, nobody but the safeguarding lead knows of it, its uploader and the teachers included.
            * Whoever is not signed in gets 401 from the JSON API and from pictures, and the sign-in page instead of a page.
            * A bearer token counts for the JSON API and pictures, a session for pages and pictures. A token made for one channel is good for that
              channel's pictures and nothing else.

            ## Rights

            | right | what it is | who may | what others get |
            |---|---|---|---|

            """);
        foreach (var right in Rights.All.Except([Rights.Anybody])) page.Append(Row(right.Name, right.Does, Who(right), Others(right)));
        page.Append("""

            ## Routes

            | route | what it does | right | who may | what others get |
            |---|---|---|---|---|

            """);
        foreach (var row in RouteRows.All) page.Append(Row($"`{row.Route}`", row.Does ?? row.Right.Does, row.Right == Rights.Anybody ? "" : row.Right.Name, Who(row.Right), Others(row)));
        return page.ToString();
    }

    private static string Row(params string[] cells) => $"| {string.Join(" | ", cells)} |\n";

    private static string Who(Right right)
    {
        if (right == Rights.Anybody) return "anybody";
        var who = string.Join("; ", right.Grants.Select(Who));
        if (right.Except is { } but) who += $"; never {Words(but.To)}";
        if (right.NotWhileHeld) who += "; nobody while it is held";
        if (right.System) who += "; the machine's command line";
        return right.Besides is null ? who : $"{who} ({right.Besides})";
    }

    private static string Who(Grant grant) => (grant.Roles, grant.To) switch
    {
        ([], Relation.School) => "anyone signed in",
        ([], var to) => Words(to),
        (var roles, Relation.School) => Names(roles),
        var (roles, to) => $"{Names(roles)}: {Words(to)}",
    };

    private static string Names(IReadOnlyList<Role> roles) => string.Join(", ", roles.Select(role => Records.Store.Words.Of(role)));

    private static string Words(Relation to) => to switch
    {
        Relation.Uploader => "its uploader",
        Relation.Teaches => "who teaches a class in it",
        Relation.Publicity => "while it is cleared for publicity",
        Relation.Held => "while it is held",
        Relation.Publishes => "roles that the school lets publish (editor by default)",
        Relation.Creator => "who started it",
        Relation.Self => "the person themselves",
        _ => throw new ArgumentOutOfRangeException(nameof(to)),
    };

    private static string Others(Right right) => right.Grants is [{ Roles: [], To: Relation.School }] ? "" : right.HiddenAs is not null ? "404"
        : right.Sentence.Length == 0 ? "it is left out" : $"{(right.First is { } first ? $"404 without {first.Name}, else " : "")}403 {right.Sentence}";

    private static string Others(RouteRow row)
    {
        if (row.Right == Rights.Anybody) return "";
        var signIn = row.IsPage ? "sign-in" : "401";
        if (row.Right.Grants is [{ Roles: [], To: Relation.School }]) return signIn;
        var refused = row.Right.HiddenAs is not null ? "404"
            : row.Right.First is { } first ? $"404 without {first.Name}, else 403"
            : row.RoleFirst ? "403"
            : row.OfPhoto ? "404 without need to know, else 403"
            : row.OfRecord ? "403; another school's 404"
            : "403";
        return $"{signIn}; {refused}";
    }
}
