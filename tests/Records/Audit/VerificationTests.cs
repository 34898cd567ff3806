using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Records.Audit;

/// <summary>What somebody with the database's own rights changes in the audit is found, since every entry is tied to the one before.</summary>
public sealed class VerificationTests : IAsyncLifetime
{
    private TestRecords records = null!;
    private Guid school;

    public async Task InitializeAsync()
    {
        records = await TestRecords.CreateAsync();
        school = (await records.AddSchoolAsync()).Id;
        foreach (var name in new[] { "One", "Two", "Three" })
            await records.RunAsync<StaffAdmin>(admin => admin.AddAsync(Act.OfSystem(school), name, [Role.Teacher], CancellationToken.None));
        await records.SealAsync();
    }

    public async Task DisposeAsync() => await records.DisposeAsync();

    [Fact]
    public async Task A_whole_chain_passes_also_while_entries_wait_for_their_place()
    {
        Assert.Empty(await VerifyAsync());
        await records.RunAsync<StaffAdmin>(admin => admin.AddAsync(Act.OfSystem(school), "Four", [Role.Teacher], CancellationToken.None));
        Assert.Empty(await VerifyAsync());
        await records.SealAsync();
        Assert.Empty(await VerifyAsync());
    }

    [Theory]
    [InlineData("update audit_entries set details = '{\"roles\": [\"head\"]}' where id = (select entry_id from audit_seals where position = 3)", "position 3 is not what was sealed")]
    [InlineData("update audit_entries set at = at + interval '1 microsecond' where id = (select entry_id from audit_seals where position = 2)", "position 2 is not what was sealed")]
    [InlineData("update audit_entries set actor_id = gen_random_uuid() where id = (select entry_id from audit_seals where position = 1)", "position 1 is not what was sealed")]
    [InlineData("update audit_seals set digest = sha256('x') where position = 2", "position 2 is not what was sealed")]
    [InlineData("delete from audit_seals where position = 2", "position 2 is missing")]
    [InlineData("delete from audit_seals where position = (select max(position) from audit_seals)", "neither sealed nor waiting")]
    [InlineData("delete from audit_entries where id = (select entry_id from audit_seals where position = 3)", "the entry at position 3 is missing")]
    [InlineData("delete from audit_entries", "the entry at position 1 is missing")]
    [InlineData("delete from audit_seals", "neither sealed nor waiting")]
    public async Task What_was_changed_behind_our_back_is_found(string change, string found)
    {
        await BehindOurBackAsync(change);
        Assert.Contains(await VerifyAsync(), finding => finding.StartsWith("audit", StringComparison.Ordinal) && finding.Contains(found, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("update audit_entries set event = 'x'")]
    [InlineData("delete from audit_entries")]
    [InlineData("update audit_seals set position = position + 100")]
    [InlineData("delete from audit_seals")]
    public async Task By_ordinary_means_nothing_of_it_is_changed(string change)
    {
        await using var command = records.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(change);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
        Assert.Equal(PostgresErrorCodes.IntegrityConstraintViolation, refused.SqlState);
    }

    private Task<IReadOnlyList<string>> VerifyAsync() =>
        records.RunAsync<Verification, IReadOnlyList<string>>(verification => verification.RunAsync(CancellationToken.None));

    /// <summary>As a superuser who has switched every trigger off.</summary>
    private async Task BehindOurBackAsync(string change)
    {
        await using var connection = await records.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var off = new NpgsqlCommand("set local session_replication_role = replica", connection, transaction)) await off.ExecuteNonQueryAsync();
        await using (var edit = new NpgsqlCommand(change, connection, transaction)) Assert.True(await edit.ExecuteNonQueryAsync() > 0);
        await transaction.CommitAsync();
    }
}
