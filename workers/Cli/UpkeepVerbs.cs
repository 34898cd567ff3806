using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Workers.Cli;

/// <summary>Looking after a running school from the machine itself.</summary>
internal static class UpkeepVerbs
{
    public static Command Verify()
    {
        var verb = new Command("verify", "Checks the audit chains, and that store, keys and records agree. Exit 0 only if so.");
        verb.SetAction(async (_, cancel) =>
        {
            await using var office = Office.Open();
            var findings = await office.Get<Verification>().RunAsync(cancel);
            foreach (var finding in findings) Console.WriteLine(finding);
            Console.WriteLine(findings.Count == 0 ? "verified: chains whole, store, keys and records agree" : $"{findings.Count} findings");
            return findings.Count == 0 ? 0 : 1;
        });
        return verb;
    }

    public static Command Sweep()
    {
        var beyond = new Option<bool>("--beyond-brake") { Description = "Delete what belongs to nobody, however much it is." };
        var verb = new Command("sweep", "Holds the whole store and all keys against the records now, as a worker does every hour. Exit 0 only if nothing is left over or missing.") { beyond };
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var office = Office.Open();
            await office.MustAgreeAsync(cancel);
            var result = await office.Get<ObjectSweep>().SweepAllAsync(cancel, parsed.GetValue(beyond));
            Console.WriteLine(result.Stopped
                ? $"stopped: {result.Objects} objects and {result.Keys} keys belong to nobody by these records, which is too many; nothing of it was deleted. Is this the right database? If it is: sweep --beyond-brake"
                : $"swept: {result.Objects} objects deleted and {result.Keys} keys destroyed that belonged to nobody, {result.Strange} files left that are no objects, {result.Missing.Count} objects missing");
            foreach (var name in result.Missing) Console.WriteLine($"missing: {name}");
            return result is { Stopped: false, Strange: 0, Missing: [] } ? 0 : 1;
        });
        return verb;
    }

    public static Command Purge()
    {
        var dry = new Option<bool>("--dry-run") { Description = "Only count." };
        var verb = new Command("purge", "Destroys what is due by deleteAfter now, instead of tonight.") { dry };
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var office = Office.Open();
            await office.MustAgreeAsync(cancel);
            foreach (var school in await office.Get<RecordsDb>().Schools.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancel))
            {
                var purge = await office.Get<Purges>().StartAsync(Act.OfSystem(school.Id), parsed.GetValue(dry), cancel);
                if (purge.State == PurgeState.Running) await CarryOutAsync(office, purge, cancel);
                Console.WriteLine($"{school.Name}: {Words.Of(purge.State)}, {purge.Due} due, {purge.Destroyed} destroyed, {purge.Held} held");
            }
            return 0;
        });
        return verb;
    }

    public static Command Pull()
    {
        var channel = new Option<string>("--channel") { Required = true };
        var to = new Option<string>("--to") { Description = "The folder that is to hold exactly what is cleared.", Required = true };
        var url = new Option<string>("--url") { Description = "Where the service answers.", Required = true };
        var token = new Option<string>("--token") { Required = true };
        var verb = new Command("pull", "Makes a folder hold exactly the pictures now cleared for a channel.") { channel, to, url, token };
        verb.SetAction(async (parsed, cancel) =>
            await new PullRun(parsed.GetValue(url)!, parsed.GetValue(token)!, parsed.GetValue(channel)!, parsed.GetValue(to)!).RunAsync(cancel));
        return verb;
    }

    /// <exception cref="RecoveryException">The records are behind the ledger: what belongs to whom is not known.</exception>
    private static async Task MustAgreeAsync(this Office office, CancellationToken cancel)
    {
        if ((await office.Get<ServingGate>().LookAsync(cancel)).Why is { } why)
            throw new RecoveryException($"Nothing is destroyed while the records do not agree with the ledger ({Words.Of(why)}): start the service, which brings that about.");
    }

    /// <summary>The service may be down, so the removals of this run are carried out here; with the service up both may do so.</summary>
    private static async Task CarryOutAsync(Office office, Purge purge, CancellationToken cancel)
    {
        var db = office.Get<RecordsDb>();
        var purges = db.Purges.AsNoTracking().Where(row => row.Id == purge.Id);
        while (!await purges.AnyAsync(row => row.AllOpened, cancel)) await office.Get<Purges>().FollowAsync(cancel);
        var open = db.Removals.AsNoTracking().Where(row => row.PurgeId == purge.Id && row.DoneAt == null && row.CancelledAt == null).Select(row => row.Id);
        var after = Guid.Empty;
        while (await open.Where(id => id > after).Order().Take(RemovalRun.Together).ToListAsync(cancel) is { Count: > 0 } orders)
        {
            foreach (var (order, end) in (await office.Get<RemovalRun>().CarryOutAsync(orders, cancel)).Where(end => end.Value.Error is not null))
                await office.Get<Removals>().NoteFailureAsync(order, end.Error!, cancel);
            after = orders[^1];
        }
        await office.Get<Purges>().FollowAsync(cancel);
        var now = await purges.SingleAsync(cancel);
        (purge.State, purge.Destroyed) = (now.State, now.Destroyed);
    }
}
