using System.CommandLine;
using PhotoGuard.Records.Recovery;

namespace PhotoGuard.Workers.Cli;

/// <summary>Backups, copies of the keys, and bringing them back.</summary>
internal static class RecoveryVerbs
{
    public static Command Backup()
    {
        var to = new Argument<string?>("TO") { Description = "The folder of the backups, or azure:CONTAINER (account: PHOTOGUARD_BACKUP_AZURE); the same one every time.", Arity = ArgumentArity.ZeroOrOne };
        var keys = new Option<string?>("--keys") { Description = "Copies the keys instead, to a place of their own: a folder, or azure:CONTAINER of another account (PHOTOGUARD_KEYCOPIES_AZURE)." };
        var verb = new Command("backup", "Copies records and pictures, encrypted and checked; with --keys the keys, which are never kept in the same place.") { to, keys };
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var office = Office.Open();
            var (place, keysTo) = (parsed.GetValue(to), parsed.GetValue(keys));
            if (place is null && keysTo is null) throw new RecoveryException("Where to? backup TO, or backup --keys TO.");
            if (place is not null)
            {
                using var shown = new Progress("pictures");
                var made = await office.Get<Backups>().MakeAsync(place, shown.Show, cancel);
                Console.WriteLine($"backup of {made.At:yyyy-MM-dd HH:mm:ss} UTC: records and {made.Items} objects, read back and whole{(made.Mended > 0 ? $"; {made.Mended} were damaged there and copied anew" : "")}");
            }
            if (keysTo is not null)
                Console.WriteLine($"{await office.Get<KeyCopies>().MakeAsync(keysTo, cancel)} keys copied; copies older than {KeyCopies.Kept.Days} days are destroyed");
            return 0;
        });
        return verb;
    }

    public static Command Restore()
    {
        var from = new Argument<string>("FROM") { Description = "The place of the backups, a folder or azure:CONTAINER, or one backup in it." };
        var keys = new Option<string?>("--keys") { Description = "The place of the copies of the keys; left out where the key store itself outlived the disaster." };
        var ledger = new Option<string?>("--ledger") { Description = "The ledger's file, or its folder with the files of every node. Without it two people have to agree before anything is shown." };
        var verb = new Command("restore", "Brings a backup back into an empty data folder, and tells it what was deleted and withdrawn since.") { from, keys, ledger };
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var office = Office.Open();
            using var shown = new Progress("pictures");
            var report = await office.Get<RestoreRun>().RunAsync(parsed.GetValue(from)!, parsed.GetValue(keys), parsed.GetValue(ledger), shown.Show, cancel);
            Console.WriteLine($"restored the backup of {report.BackupAt:yyyy-MM-dd HH:mm:ss} UTC: {report.Objects} objects{(report.Damaged > 0 ? $", {report.Damaged} damaged and left out" : "")}");
            Console.WriteLine(report.Facts is { } facts
                ? $"the ledger told {facts} facts since; the service may be started"
                : "there was no ledger: once started, the service answers sign-in alone until two people agree (page /restores)");
            return 0;
        });
        return verb;
    }
}

/// <summary>How far long work is: on one line of a terminal, else a plain line every ten seconds.</summary>
internal sealed class Progress(string what) : IDisposable
{
    private readonly bool terminal = !Console.IsErrorRedirected;
    private readonly long began = System.Diagnostics.Stopwatch.GetTimestamp();
    private TimeSpan told;

    public void Show(int done, int all)
    {
        var since = System.Diagnostics.Stopwatch.GetElapsedTime(began);
        if (done < all && since - told < (terminal ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(10))) return;
        told = since;
        var rate = done / Math.Max(since.TotalSeconds, 0.001);
        var text = $"{done} of {all} {what}, {rate:0}/s, {TimeSpan.FromSeconds((all - done) / Math.Max(rate, 0.001)):h\\:mm\\:ss} left";
        if (terminal) Console.Error.Write($"\r{text}   ");
        else Console.Error.WriteLine(text);
    }

    public void Dispose()
    {
        if (terminal && told > TimeSpan.Zero) Console.Error.WriteLine();
    }
}
