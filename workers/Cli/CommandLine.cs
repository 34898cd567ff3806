using System.CommandLine;
using Npgsql;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Workers.Cli;

/// <summary>The verbs of script/photoguard. Exit 0: done; 1: could not be done, with one sentence on standard error.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("PhotoGuard: school photos that come down when they must.")
        {
            ServiceVerbs.Work(), ServiceVerbs.Migrate(), ServiceVerbs.FirstLink(), ServiceVerbs.Demo(),
            SchoolVerbs.School(), SchoolVerbs.Staff(), SchoolVerbs.Token(), SchoolVerbs.Device(),
            PictureVerbs.Scrub(), PictureVerbs.Unseal(), PictureVerbs.Render(), PictureVerbs.Redact(), PictureVerbs.DemoPicture(),
            UpkeepVerbs.Verify(), UpkeepVerbs.Sweep(), UpkeepVerbs.Purge(), UpkeepVerbs.Pull(),
            RecoveryVerbs.Backup(), RecoveryVerbs.Restore(),
        };
        root.Add(new Option<string>("--data") { Description = "The data folder; script/photoguard reads it.", Recursive = true });
        try
        {
            return await root.Parse(args).InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // The workers' host hears the signals itself and lets what it has begun come to its end.
                ProcessTerminationTimeout = args is ["work", ..] ? null : TimeSpan.FromSeconds(2),
            });
        }
        catch (Exception error) when (error is Refusal or SettingsException or KeyStoreException or MigrationException or RecoveryException or IOException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
        catch (NpgsqlException error)
        {
            await Console.Error.WriteLineAsync($"The database cannot be reached: {error.Message}");
            return 1;
        }
    }
}
