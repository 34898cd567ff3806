using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Workers.Cli;

/// <summary>What script/run calls.</summary>
internal static class ServiceVerbs
{
    public static Command Work()
    {
        var verb = new Command("work", "Does the work that is queued and keeps the schedule, until it is told to stop.");
        verb.SetAction(async (_, cancel) =>
        {
            using var host = WorkersHost.Build();
            await host.RunAsync(cancel);
            return 0;
        });
        return verb;
    }

    public static Command Migrate()
    {
        var verb = new Command("migrate", "Brings both databases to the state this program needs.");
        verb.SetAction(async (_, cancel) =>
        {
            await using var office = Office.Open();
            await RecordsWiring.MigrateAsync(office.Get<IServiceProvider>(), cancel);
            return 0;
        });
        return verb;
    }

    public static Command FirstLink()
    {
        var url = new Option<string>("--public-url") { Description = "How people reach the service." };
        var verb = new Command("first-link", "Prints a one-time link that makes the first school, while there is none.") { url };
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var office = Office.Open();
            if (await office.Get<FirstSchool>().LinkAsync(cancel) is not { } link) return 0;
            Console.WriteLine($"Make the first school: {SignInLinks.Url(parsed.GetValue(url) ?? office.Settings.PublicUrl, link)}");
            return 0;
        });
        return verb;
    }

    public static Command Demo()
    {
        var url = new Option<string>("--url") { Description = "Where the API answers.", Required = true };
        var verb = new Command("demo", "Fills the demo school through the API, once, and prints its sign-in links.") { url };
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var office = Office.Open();
            await DemoSchool.FillAsync(office, parsed.GetValue(url)!, Console.Out, cancel);
            return 0;
        });
        return verb;
    }
}
