using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>A point before and after every command and every commit of the records.</summary>
internal sealed partial class RecordsSeam(Seams seams) : IDbCommandInterceptor, IDbTransactionInterceptor
{
    public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        Pass("before", command, result);

    public ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default) =>
        Pass("after", command, result);

    public ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        Pass("before", command, result);

    public ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        Pass("after", command, result);

    public ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Pass("before commit");
        return ValueTask.FromResult(result);
    }

    public Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Pass("after commit");
        return Task.CompletedTask;
    }

    /// <summary>What a command does, in a few words: its verbs and their tables.</summary>
    internal static string Named(string sql) => string.Join(", ", Verb().Matches(sql).Select(match => match.Value.ToLowerInvariant().ReplaceLineEndings(" "))
        .Distinct()) is { Length: > 0 } named ? named : "select";

    private ValueTask<T> Pass<T>(string when, DbCommand command, T result)
    {
        Pass($"{when} {Named(command.CommandText)}");
        return ValueTask.FromResult(result);
    }

    private void Pass(string what) => seams.Pass(what, () => new NpgsqlException("The connection was lost, as the test wanted."));

    [GeneratedRegex(@"\b(insert into|update|delete from|from)\s+[a-z_]+", RegexOptions.IgnoreCase)]
    private static partial Regex Verb();
}
