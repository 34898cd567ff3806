using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;

namespace PhotoGuard.Tests.Api.Devices;

/// <summary>What tests do with devices.</summary>
internal static class DeviceSteps
{
    /// <summary>An address and a code for the device of that name.</summary>
    public static async Task<EnrolmentOffer> OfferAsync(this TestSchool school, string name)
    {
        var act = Act.OfSystem(school.Id);
        var device = await school.Api.Records.RunAsync<DeviceDesk, Device>(desk => desk.EnrolAsync(act, name, null, CancellationToken.None));
        return await school.Api.Records.RunAsync<EnrolmentDesk, EnrolmentOffer>(desk => desk.OfferAsync(act, device.Id, CancellationToken.None));
    }

    public static Task<Guid> DeviceAsync(this TestSchool school, string name) =>
        school.Api.Records.ScalarAsync<Guid>("select id from devices where school_id = $1 and name = $2", school.Id, name);

    public static Task RevokeAsync(this TestSchool school, Guid device) => school.Api.Records.RunAsync<DeviceDesk>(
        desk => desk.RevokeAsync(Act.OfSystem(school.Id), device, CancellationToken.None));

    /// <summary>A browser that is the device of that name, in which the person who stands for the role is signed in.</summary>
    public static async Task<PageVisitor> VisitOnAsync(this TestSchool school, string device, Role role = Role.Teacher)
    {
        var visitor = new PageVisitor(school.Api.Address);
        (await visitor.PostAsync("/enrol", ("code", (await school.OfferAsync(device)).Code))).Must(200);
        (await visitor.PostAsync($"/sign-in/{await school.LinkAsync(role)}")).Must(200);
        return visitor;
    }
}
