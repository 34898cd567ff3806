using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace PhotoGuard.Records.Store;

/// <summary>
/// The one role of the database that may delete consents, guardians, pupils, disclosures and audit entries (docs/decisions/0020). Nobody signs in
/// as it: an operation becomes it for its deletions, inside its own transaction.
/// </summary>
public sealed partial class RecordsDb
{
    /// <summary>Runs deletions as the role, in the caller's transaction, and becomes oneself again.</summary>
    internal async Task<int> AsLifetimesAsync(Func<Task<int>> delete, CancellationToken cancel)
    {
        await Database.ExecuteSqlAsync($"select set_config('role', lifetimes_role(), true)", cancel);
        // Where it fails the transaction is undone, and the role with it.
        var deleted = await delete();
        await Database.ExecuteSqlAsync($"select set_config('role', 'none', true)", cancel);
        return deleted;
    }
}

/// <summary>Roles and privileges are in no dump: they are made sure of at every start and after every restore.</summary>
internal static class LifetimesRole
{
    /// <exception cref="MigrationException">An administrator of the database server has to make it; the message says how.</exception>
    public static async Task PrepareAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select prepare_lifetimes_role()");
        try
        {
            await command.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new MigrationException(error.MessageText, error);
        }
    }
}
