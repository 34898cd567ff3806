using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>Hours pass without anybody waiting: what is written in the databases and the store becomes older.</summary>
internal static class Clock
{
    public static async Task PassAsync(PhotoFlows flows)
    {
        await RunAsync(flows.Services.GetRequiredService<NpgsqlDataSource>(), """
            update objects set write_before = write_before - interval '2 h' where stored_at is null;
            update work set due_at = due_at - interval '2 h', lease_until = lease_until - interval '2 h'
            """);
        await RunAsync(flows.Services.GetRequiredKeyedService<NpgsqlDataSource>(RecordsWiring.KeysDatabase),
            "update photo_keys set created_at = created_at - interval '2 h'");
        var blobs = flows.Services.GetRequiredService<PhotoGuardSettings>().Blobs.Split(':', 2)[1];
        foreach (var file in Directory.GetFiles(Path.Combine(blobs, ".tmp"))) File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-2));
    }

    private static async Task RunAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
