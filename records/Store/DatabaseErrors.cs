using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace PhotoGuard.Records.Store;

/// <summary>What the database said, where an operation has to know.</summary>
public static class DatabaseErrors
{
    /// <summary>A unique constraint refused the row: another was first.</summary>
    public static bool IsTwin(this DbUpdateException error) =>
        error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
}
