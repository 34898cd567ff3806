using System.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Ledger;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Telemetry;

/// <summary>One number of the records.</summary>
/// <param name="Name">Of its gauge.</param>
/// <param name="Labels">Values of the gauge's labels, in their order.</param>
public sealed record Figure(string Name, string[] Labels, double Value);

/// <param name="Up">Whether the records could be read.</param>
public sealed record FiguresRead(bool Up, IReadOnlyList<Figure> Figures);

/// <summary>
/// Reads every gauge in one statement, over a connection of its own, 2 seconds at most: neither a busy pool nor a table that is locked
/// keeps whoever looks waiting, and looking keeps nobody else. Costs what is open, not what ever was.
/// </summary>
public sealed class RecordsReading(PhotoGuardSettings settings, TimeProvider time, ILogger<RecordsReading> log) : IDisposable
{
    private const int Patience = 2;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly Lock turn = new();
    private readonly NpgsqlDataSource database = Open(settings.Database);
    private FiguresRead? last;
    private long lastAt;

    /// <summary>As of now, or of two seconds ago: all gauges of one look are of one instant.</summary>
    public FiguresRead Look()
    {
        lock (turn)
        {
            if (last is not null && time.GetElapsedTime(lastAt) < Fresh) return last;
            var wasUp = last?.Up;
            last = Read();
            lastAt = time.GetTimestamp();
            if (wasUp == false && last.Up) log.LogInformation("The records can be read again.");
            return last;
        }
    }

    public void Dispose() => database.Dispose();

    private FiguresRead Read()
    {
        try
        {
            using var select = database.CreateCommand(FiguresSql.Text);
            select.Parameters.AddWithValue(OverdueRemovals.Places);
            select.Parameters.AddWithValue(OverdueRemovals.Causes);
            select.Parameters.Add(new() { Value = OverdueRemovals.Times, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Interval });
            select.Parameters.AddWithValue(WorkerSeen.Silence);
            using var rows = select.ExecuteReader();
            var figures = new List<Figure>();
            while (rows.Read())
                if (!rows.IsDBNull(2)) figures.Add(new(rows.GetString(0), rows.GetFieldValue<string[]>(1), rows.GetDouble(2)));
            if (LedgerFile.At(settings.Ledger).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max() is var written && written != default)
                figures.Add(new("photoguard.ledger.written.age", [], Math.Max(0, (time.GetUtcNow() - written).TotalSeconds)));
            return new(true, figures);
        }
        catch (Exception error) when (error is DbException or TimeoutException or IOException)
        {
            if (last is null or { Up: true }) log.LogWarning("The records cannot be read for the metrics: {Error}", error.Told());
            return new(false, []);
        }
    }

    private static NpgsqlDataSource Open(string database) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database)
    {
        MaxPoolSize = 1, Timeout = Patience, CommandTimeout = Patience, Options = $"-c statement_timeout={Patience}s -c default_transaction_read_only=on",
    });
}
