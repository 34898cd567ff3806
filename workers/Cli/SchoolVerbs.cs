using System.CommandLine;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Workers.Cli;

/// <summary>Schools, people, tokens and devices from the machine itself (P14, P20).</summary>
internal static class SchoolVerbs
{
    private static Option<string> SchoolOption() => new("--school") { Description = "The school's name or id.", Required = true };

    public static Command School()
    {
        var name = new Argument<string>("name");
        var profile = new Option<string>("--profile") { Description = "strict, workplace-preferred, central-store, event-phone or mis-consent." };
        var zone = new Option<string>("--zone") { Description = "IANA time zone.", DefaultValueFactory = _ => "Europe/London" };
        var add = new Command("add", "Makes a school and prints its id.") { name, profile, zone };
        add.SetAction(async (parsed, cancel) =>
        {
            await using var office = Office.Open();
            var chosen = Word<PolicyProfile>(parsed.GetValue(profile) ?? "strict", "policy profile");
            var school = await office.Get<SchoolAdmin>().AddAsync(parsed.GetValue(name)!, chosen, parsed.GetValue(zone)!, cancel);
            Console.WriteLine(school.Id);
            return 0;
        });
        return new("school", "Schools.") { add };
    }

    public static Command Staff()
    {
        var school = SchoolOption();
        var role = new Option<string[]>("--role") { Description = "Role; may be given several times.", Required = true };
        var name = new Option<string>("--name") { Description = "The person's name.", Required = true };
        var add = new Command("add", "Adds a person and prints a one-time sign-in link.") { school, role, name };
        add.SetAction(async (parsed, cancel) =>
        {
            await using var office = Office.Open();
            var act = await ActAsync(office, parsed.GetValue(school)!, cancel);
            var roles = parsed.GetValue(role)!.Select(word => Word<Role>(word, "role")).ToArray();
            var (_, link) = await office.Get<StaffAdmin>().AddAsync(act, parsed.GetValue(name)!, roles, cancel);
            Console.WriteLine(SignInLinks.Url(office.Settings.PublicUrl, link));
            return 0;
        });
        return new("staff", "People.") { add };
    }

    public static Command Token()
    {
        var school = SchoolOption();
        var role = new Option<string>("--role") { Description = "The one role the token acts in.", Required = true };
        var person = new Option<string>("--as") { Description = "The person who acts; by default one person per role." };
        var device = new Option<string>("--device") { Description = "Bind it to this device; enrolled if it is new." };
        var channel = new Option<string>("--channel") { Description = "Pull this channel and nothing else." };
        var expires = new Option<DateOnly?>("--expires") { Description = "Last day it is valid, e.g. 2027-07-31." };
        var verb = new Command("token", "Prints a bearer token and nothing else.") { school, role, person, device, channel, expires };
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var office = Office.Open();
            var act = await ActAsync(office, parsed.GetValue(school)!, cancel);
            var (token, _) = await office.Get<TokenDesk>().IssueAsync(act, new NewToken(
                Word<Role>(parsed.GetValue(role)!, "role"),
                parsed.GetValue(person),
                parsed.GetValue(device),
                parsed.GetValue(channel) is { } word ? Word<Channel>(word, "channel") : null,
                parsed.GetValue(expires)), cancel);
            Console.WriteLine(token);
            return 0;
        });
        return verb;
    }

    public static Command Device()
    {
        var school = SchoolOption();
        var name = new Argument<string>("name");
        var revoke = new Command("revoke", "Revokes a device, with every token and session on it.") { name, school };
        revoke.SetAction(async (parsed, cancel) =>
        {
            await using var office = Office.Open();
            var act = await ActAsync(office, parsed.GetValue(school)!, cancel);
            await office.Get<DeviceDesk>().RevokeAsync(act, parsed.GetValue(name)!, cancel);
            return 0;
        });
        return new("device", "Devices.") { revoke };
    }

    private static async Task<Act> ActAsync(Office office, string school, CancellationToken cancel) =>
        Act.OfSystem((await office.Get<SchoolAdmin>().FindAsync(school, cancel)).Id);

    /// <summary>A word as it stands in the contract: camelCase or with hyphens.</summary>
    /// <exception cref="Refusal"><c>invalid</c> 422.</exception>
    internal static T Word<T>(string word, string what) where T : struct, Enum
    {
        var joined = string.Concat(word.Split('-').Select((part, nth) => nth == 0 || part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));
        return Words.Parse<T>(joined)
            ?? throw Refusals.Invalid($"There is no {what} '{word}'. Choose from: {string.Join(", ", Enum.GetValues<T>().Select(value => Words.Of(value)))}.");
    }
}
